"""The better known of the properties that HubSpot itself gives contacts, companies, deals and tickets, by their kinds.

Here: names and kinds (``property_definitions.KINDS``), for portals with ``standard_properties``. Not here: the handful
that every portal has, and what a definition looks like (``property_definitions.py``).
"""

_EVERY = (
    "hubspot_team_id:select hubspot_owner_assigneddate:datetime hs_created_by_user_id:number "
    "hs_updated_by_user_id:number hs_was_imported:bool hs_unique_creation_key:text hs_object_source_label:select "
    "hs_object_source_detail_1:text notes_last_contacted:datetime notes_last_updated:datetime "
    "notes_next_activity_date:datetime num_contacted_notes:number"
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
        "associatedcompanyid:number"
    ),
    "0-2": (
        f"{_EVERY} {_ADDRESS} {_ANALYTICS} {_SALES} address2:text phone:phone timezone:text type:select "
        "lifecyclestage:select founded_year:text about_us:textarea linkedin_company_page:text "
        "facebook_company_page:text web_technologies:checkbox total_money_raised:text closedate:datetime "
        "days_to_close:number num_associated_contacts:number num_associated_deals:number "
        "hs_num_child_companies:number hs_num_open_deals:number hs_num_decision_makers:number "
        "hs_target_account:select hs_ideal_customer_profile:select hs_additional_domains:text "
        "hs_last_sales_activity_timestamp:datetime hs_logo_url:text"
    ),
    "0-3": (
        f"{_EVERY} {_ANALYTICS} hs_is_closed:bool hs_is_closed_won:bool hs_is_closed_lost:bool "
        "hs_deal_stage_probability:number hs_forecast_amount:number hs_forecast_probability:number "
        "hs_manual_forecast_category:select hs_priority:select deal_currency_code:text closed_lost_reason:textarea "
        "closed_won_reason:textarea amount_in_home_currency:number hs_acv:number hs_arr:number hs_mrr:number "
        "hs_tcv:number hs_closed_amount:number hs_projected_amount:number hs_exchange_rate:number "
        "days_to_close:number hs_days_to_close_raw:number hs_next_step:text hs_campaign:text "
        "num_associated_contacts:number num_notes:number engagements_last_meeting_booked:datetime "
        "hs_date_entered_closedwon:datetime hs_deal_score:number"
    ),
    "0-5": (
        f"{_EVERY} closed_date:datetime first_agent_reply_date:datetime last_reply_date:datetime "
        "last_engagement_date:datetime hs_ticket_category:checkbox hs_ticket_id:number hs_resolution:checkbox "
        "source_type:select source_ref:text source_thread_id:text time_to_close:number "
        "time_to_first_agent_reply:number hs_num_times_contacted:number hs_lastactivitydate:datetime "
        "hs_lastcontacted:datetime hs_nextactivitydate:datetime hs_last_message_received_at:datetime "
        "hs_last_message_sent_at:datetime hs_last_message_from_visitor:bool hs_assigned_team_ids:checkbox "
        "hs_file_upload:text hs_conversations_originating_thread_id:number hs_time_to_close_sla_status:select "
        "hs_is_one_touch_ticket:bool num_notes:number"
    ),
}
