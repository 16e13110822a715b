"""The better known of the properties that HubSpot itself gives its own types, by their kinds.

Here: names and kinds (``property_definitions.KINDS``), for portals with ``standard_properties``. Not here: the handful
that every portal has, and what a definition looks like (``property_definitions.py``).
"""

_EVERY = (
    "hubspot_team_id:select hubspot_owner_assigneddate:datetime hs_created_by_user_id:number "
    "hs_updated_by_user_id:number hs_was_imported:bool hs_unique_creation_key:text hs_object_source_label:select "
    "hs_object_source_detail_1:text notes_last_contacted:datetime notes_last_updated:datetime "
    "notes_next_activity_date:datetime num_contacted_notes:number "
    "hs_all_team_ids:checkbox hs_user_ids_of_all_owners:checkbox hs_object_source_id:text "
    "hs_object_source_user_id:number "
    "hs_object_source_detail_2:text hs_object_source_detail_3:text hs_pinned_engagement_id:number "
    "engagements_last_meeting_booked_source:text engagements_last_meeting_booked_medium:text "
    "engagements_last_meeting_booked_campaign:text "
)
_ACTIVITY = (
    "hubspot_team_id:select hs_activity_type_label:text hs_engagement_source:select hs_engagement_source_id:text "
    "hs_created_by:number hs_modified_by:number hs_at_mentioned_owner_ids:checkbox hs_attachment_ids:text "
    "hs_queue_membership_ids:text hs_unique_id:text hs_object_source_label:select hs_was_imported:bool "
    "hs_created_by_user_id:number hs_updated_by_user_id:number "
)
_ADDRESS = "address:text state:text zip:text country:text website:text twitterhandle:text"
_ANALYTICS = (
    "hs_analytics_source:select hs_analytics_source_data_1:text hs_analytics_source_data_2:text "
    "hs_analytics_first_timestamp:datetime hs_analytics_last_timestamp:datetime hs_analytics_num_visits:number "
    "hs_analytics_num_page_views:number hs_analytics_first_visit_timestamp:datetime"
)
_SALES = (
    "recent_deal_amount:number recent_deal_close_date:datetime first_deal_created_date:datetime total_revenue:number "
    "first_conversion_date:datetime first_conversion_event_name:text recent_conversion_date:datetime "
    "recent_conversion_event_name:text num_conversion_events:number hs_lead_status:select "
    "hs_sales_email_last_replied:datetime"
)

STANDARD_PROPERTIES: dict[str, str] = {
    "0-1": (
        f"{_EVERY} {_ADDRESS} {_ANALYTICS} {_SALES} city:text mobilephone:text fax:text salutation:text degree:text "
        "date_of_birth:text gender:text marital_status:text school:text seniority:text industry:text message:textarea "
        "annualrevenue:text numemployees:select hs_persona:select hs_language:select hs_email_domain:text "
        "hs_email_optout:bool hs_email_delivered:number hs_email_open:number hs_email_click:number "
        "hs_email_bounce:number hs_email_last_open_date:datetime hs_email_last_send_date:datetime "
        "hs_marketable_status:select hs_timezone:select ip_city:text "
        "ip_country:text num_associated_deals:number num_unique_conversion_events:number "
        "hs_calculated_phone_number:text hs_full_name_or_email:text hs_is_unworked:bool "
        "hs_latest_source:select hs_latest_source_timestamp:datetime closedate:datetime days_to_close:number "
        "associatedcompanyid:number engagements_last_meeting_booked:datetime "
        "hs_email_last_click_date:datetime hs_email_first_open_date:datetime hs_email_first_send_date:datetime "
        "hs_email_first_click_date:datetime hs_email_first_reply_date:datetime hs_email_last_reply_date:datetime "
        "hs_email_last_email_name:text hs_email_replied:number hs_email_bad_address:bool "
        "hs_email_hard_bounce_reason_enum:select hs_email_sends_since_last_engagement:number hs_email_quarantined:bool "
        "hs_emailconfirmationstatus:select hs_analytics_last_visit_timestamp:datetime hs_analytics_first_url:text "
        "hs_analytics_last_url:text hs_analytics_first_referrer:text hs_analytics_last_referrer:text "
        "hs_analytics_average_page_views:number hs_analytics_num_event_completions:number hs_analytics_revenue:number "
        "hs_analytics_first_touch_converting_campaign:text hs_analytics_last_touch_converting_campaign:text "
        "hs_buying_role:checkbox hs_calculated_merged_vids:checkbox hs_calculated_form_submissions:checkbox "
        "hs_last_sales_activity_timestamp:datetime hs_last_sales_activity_type:select "
        "hs_sales_email_last_clicked:datetime hs_sales_email_last_opened:datetime hs_sequences_is_enrolled:bool "
        "hs_sequences_enrolled_count:number hs_time_to_first_engagement:number hs_first_outreach_date:datetime "
        "hs_pipeline:select hubspotscore:number hs_predictivecontactscore_v2:number hs_latest_source_data_1:text "
        "hs_latest_source_data_2:text hs_state_code:text hs_country_region_code:text hs_linkedin_url:text "
        "hs_role:select hs_seniority:select job_function:text company_size:text work_email:text field_of_study:text "
        "graduation_date:text start_date:text followercount:number linkedinbio:text linkedinconnections:number "
        "twitterbio:text photo:text ip_state:text ip_zipcode:text ip_latlon:text ip_country_code:text "
        "hs_legal_basis:checkbox hs_registered_member:number hs_feedback_last_nps_rating:select "
        "hs_feedback_last_survey_date:datetime hs_google_click_id:text hs_facebook_click_id:text hs_ip_timezone:text "
        "hs_notes_next_activity_type:select hs_additional_emails:checkbox hs_all_contact_vids:checkbox "
        "hs_inferred_language_codes:checkbox currentlyinworkflow:select owneremail:text ownername:text "
    ),
    "0-2": (
        f"{_EVERY} {_ADDRESS} {_ANALYTICS} {_SALES} address2:text phone:phone timezone:text type:select "
        "lifecyclestage:select founded_year:text about_us:textarea linkedin_company_page:text "
        "facebook_company_page:text web_technologies:checkbox total_money_raised:text closedate:datetime "
        "days_to_close:number num_associated_contacts:number num_associated_deals:number "
        "hs_num_child_companies:number hs_num_open_deals:number hs_num_decision_makers:number "
        "hs_target_account:select hs_ideal_customer_profile:select hs_additional_domains:text "
        "hs_last_sales_activity_timestamp:datetime hs_logo_url:text "
        "engagements_last_meeting_booked:datetime num_notes:number hs_annual_revenue_currency_code:text "
        "hs_lastactivitydate:datetime hs_last_booked_meeting_date:datetime hs_last_logged_call_date:datetime "
        "hs_last_logged_outgoing_email_date:datetime hs_last_open_task_date:datetime "
        "hs_last_sales_activity_date:datetime hs_last_sales_activity_type:select "
        "hs_latest_createdate_of_active_subscriptions:datetime hs_num_blockers:number "
        "hs_num_contacts_with_buying_roles:number hs_num_child_companies_with_deals:number hs_pipeline:select "
        "hs_total_deal_value:number hs_is_target_account:bool hs_target_account_probability:number "
        "hs_predictivecontactscore_v2:number hs_country_code:text hs_state_code:text hs_industry_group:select "
        "hs_employee_range:select hs_revenue_range:select hs_keywords:text hs_linkedin_handle:text "
        "hs_csm_sentiment:select hs_analytics_latest_source:select hs_analytics_latest_source_timestamp:datetime "
        "hs_analytics_first_touch_converting_campaign:text hs_analytics_last_touch_converting_campaign:text "
        "hs_sales_email_last_opened:datetime hs_sales_email_last_clicked:datetime hs_date_entered_customer:datetime "
        "owneremail:text ownername:text linkedinbio:text twitterbio:text twitterfollowers:number facebookfans:number "
        "googleplus_page:text "
    ),
    "0-3": (
        f"{_EVERY} {_ANALYTICS} hs_is_closed:bool hs_is_closed_won:bool hs_is_closed_lost:bool "
        "hs_deal_stage_probability:number hs_forecast_amount:number hs_forecast_probability:number "
        "hs_manual_forecast_category:select hs_priority:select deal_currency_code:text closed_lost_reason:textarea "
        "closed_won_reason:textarea amount_in_home_currency:number hs_acv:number hs_arr:number hs_mrr:number "
        "hs_tcv:number hs_closed_amount:number hs_projected_amount:number hs_exchange_rate:number "
        "days_to_close:number hs_days_to_close_raw:number hs_next_step:text hs_campaign:text "
        "num_associated_contacts:number num_notes:number engagements_last_meeting_booked:datetime "
        "hs_date_entered_closedwon:datetime hs_deal_score:number "
        "hs_deal_amount_calculation_preference:select hs_deal_stage_probability_shadow:number "
        "hs_forecast_category:select hs_manual_forecast_category_label:text hs_closed_deal_close_date:number "
        "hs_closed_deal_create_date:number hs_closed_won_count:number hs_closed_won_date:datetime "
        "hs_closed_amount_in_home_currency:number hs_open_amount_in_home_currency:number "
        "hs_open_deal_create_date:number hs_projected_amount_in_home_currency:number hs_weighted_amount:number "
        "hs_is_open_count:number hs_is_stalled:bool hs_is_stalled_after_timestamp:datetime "
        "hs_is_active_shared_deal:bool hs_is_deal_split:bool hs_latest_meeting_activity:datetime "
        "hs_lastactivitydate:datetime hs_likelihood_to_close:number hs_next_meeting_start_time:datetime "
        "hs_next_step_updated_at:datetime hs_num_associated_deal_splits:number hs_num_of_associated_line_items:number "
        "hs_num_target_accounts:number hs_num_associated_active_deal_registrations:number "
        "hs_primary_associated_company:number hs_sales_email_last_replied:datetime hs_tag_ids:checkbox "
        "hs_time_in_closedwon:number hs_date_entered_closedlost:datetime hs_v2_date_entered_current_stage:datetime "
        "hs_v2_time_in_current_stage:datetime hs_analytics_latest_source:select "
        "hs_analytics_latest_source_company:select hs_analytics_latest_source_contact:select "
        "hs_analytics_latest_source_timestamp:datetime hs_average_deal_owner_duration_in_current_stage:number "
        "hs_deal_score_explanation:text hs_synced_deal_owner_name_and_email:text "
        "amount_in_home_currency_calculated:number "
    ),
    "0-5": (
        f"{_EVERY} closed_date:datetime first_agent_reply_date:datetime last_reply_date:datetime "
        "last_engagement_date:datetime hs_ticket_category:checkbox hs_ticket_id:number hs_resolution:checkbox "
        "source_type:select source_ref:text source_thread_id:text time_to_close:number "
        "time_to_first_agent_reply:number hs_num_times_contacted:number hs_lastactivitydate:datetime "
        "hs_lastcontacted:datetime hs_nextactivitydate:datetime hs_last_message_received_at:datetime "
        "hs_last_message_sent_at:datetime hs_last_message_from_visitor:bool hs_assigned_team_ids:checkbox "
        "hs_file_upload:text hs_conversations_originating_thread_id:number hs_time_to_close_sla_status:select "
        "hs_is_one_touch_ticket:bool num_notes:number engagements_last_meeting_booked:datetime "
        "created_by:number hs_time_to_close_in_operating_hours:number "
        "hs_time_to_first_response_in_operating_hours:number hs_time_to_first_rep_assignment:number "
        "hs_time_to_first_response_sla_status:select hs_time_to_first_response_sla_at:datetime "
        "hs_time_to_close_sla_at:datetime hs_time_to_next_response_sla_status:select "
        "hs_most_relevant_sla_status:select hs_most_relevant_sla_type:select hs_first_agent_message_sent_at:datetime "
        "hs_last_email_activity:text hs_last_email_date:datetime hs_last_message_from_bot:bool "
        "hs_latest_message_seen_by_agent_ids:checkbox hs_msteams_message_id:text hs_num_associated_companies:number "
        "hs_num_associated_conversations:number hs_primary_company:text hs_primary_company_id:number "
        "hs_primary_company_name:text hs_conversations_originating_message_id:text "
        "hs_originating_channel_instance_id:number hs_originating_email_engagement_id:number "
        "hs_originating_generic_channel_id:number hs_assignment_method:select hs_auto_generated_from_thread_id:number "
        "hs_external_object_ids:checkbox hs_feedback_last_ces_rating:text hs_feedback_last_ces_follow_up:text "
        "hs_feedback_last_survey_date:datetime hs_helpdesk_sort_timestamp:datetime hs_in_helpdesk:bool "
        "hs_is_visible_in_help_desk:bool hs_knocked_ticket_id:number hs_nextactivitydate_type:select "
        "hs_sales_email_last_replied:datetime hs_seconds_to_close:number hs_tag_ids:checkbox "
        "hs_thread_ids_to_restore:checkbox hs_ticket_language_ai_tag:select hs_v2_date_entered_current_stage:datetime "
        "hs_v2_time_in_current_stage:datetime hs_date_entered_1:datetime hs_date_entered_4:datetime "
        "source_thread_id_count:number nps_follow_up_answer:textarea nps_score:number last_engagement_type:select "
    ),
    "0-8": (
        "amount:number discount:number hs_discount_percentage:number hs_total_discount:number "
        "hs_cost_of_goods_sold:number hs_margin:number hs_mrr:number hs_arr:number hs_acv:number hs_tcv:number "
        "hs_sku:text hs_line_item_currency_code:text hs_term_in_months:number hs_recurring_billing_period:text "
        "hs_recurring_billing_start_date:date hs_recurring_billing_end_date:date recurringbillingfrequency:select "
        "hs_position_on_quote:number hs_tax_amount:number hs_pre_discount_amount:number hs_product_type:select "
        "createdate:datetime description:textarea "
    ),
    "0-46": f"{_ACTIVITY} hs_note_body:textarea",
    "0-47": (
        f"{_ACTIVITY} hs_meeting_title:text hs_meeting_body:textarea hs_meeting_outcome:select "
        "hs_meeting_start_time:datetime hs_meeting_end_time:datetime hs_meeting_location:text "
        "hs_internal_meeting_notes:text"
    ),
    "0-48": (
        f"{_ACTIVITY} hs_call_title:text hs_call_body:textarea hs_call_direction:select hs_call_disposition:text "
        "hs_call_duration:number hs_call_status:select hs_call_from_number:text hs_call_to_number:text "
        "hs_call_recording_url:text"
    ),
    "0-49": (
        f"{_ACTIVITY} hs_email_to_email:text hs_email_to_firstname:text hs_email_to_lastname:text "
        "hs_email_from_email:text hs_email_from_firstname:text hs_email_from_lastname:text hs_email_cc_email:text "
        "hs_email_bcc_email:text hs_email_headers:json hs_email_thread_id:text hs_email_open_count:number "
        "hs_email_click_count:number hs_email_reply_count:number"
    ),
    "0-27": (
        f"{_ACTIVITY} hs_task_subject:text hs_task_body:textarea hs_task_status:select hs_task_priority:select "
        "hs_task_type:select hs_task_completion_date:datetime hs_task_is_completed:number hs_task_for_object_type:text "
        "hs_task_reminders:text"
    ),
}
