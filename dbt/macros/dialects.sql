{#- What warehouses say differently: a value in a JSON text, the elements of a list. Tested on DuckDB. -#}

{%- macro json_text(column, key) -%}{{ return(adapter.dispatch('json_text', 'hubspot_assets')(column, key)) }}{%- endmacro -%}
{%- macro default__json_text(column, key) -%}json_extract_path_text({{ column }}, '{{ key }}'){%- endmacro -%}
{%- macro duckdb__json_text(column, key) -%}json_extract_string({{ column }}, '$.{{ key }}'){%- endmacro -%}
{%- macro snowflake__json_text(column, key) -%}json_extract_path_text({{ column }}, '{{ key }}'){%- endmacro -%}
{%- macro bigquery__json_text(column, key) -%}json_value({{ column }}, '$.{{ key }}'){%- endmacro -%}
{%- macro postgres__json_text(column, key) -%}(cast({{ column }} as json) ->> '{{ key }}'){%- endmacro -%}

{#- A text as a type, NULL where it is none. dbt's own safe_cast is a plain cast on DuckDB, which fails there. -#}
{%- macro fitting(text, type) -%}{{ return(adapter.dispatch('fitting', 'hubspot_assets')(text, type)) }}{%- endmacro -%}
{%- macro default__fitting(text, type) -%}{{ dbt.safe_cast(text, type) }}{%- endmacro -%}
{%- macro duckdb__fitting(text, type) -%}try_cast({{ text }} as {{ type }}){%- endmacro -%}

{#- A join that makes `element` of each element of a JSON list. -#}
{%- macro json_elements(column) -%}{{ return(adapter.dispatch('json_elements', 'hubspot_assets')(column)) }}{%- endmacro -%}
{%- macro default__json_elements(column) -%}
  {{ exceptions.raise_compiler_error('property_option is not written for ' ~ target.type ~ ': disable that model.') }}
{%- endmacro -%}
{%- macro duckdb__json_elements(column) -%}
cross join lateral (select unnest(cast(json_extract({{ column }}, '$[*]') as json[])) as element) as elements
{%- endmacro -%}
{%- macro snowflake__json_elements(column) -%}
, lateral (select to_json(value) as element from table(flatten(input => parse_json({{ column }})))) as elements
{%- endmacro -%}
{%- macro bigquery__json_elements(column) -%}cross join unnest(json_query_array({{ column }})) as element{%- endmacro -%}
{%- macro postgres__json_elements(column) -%}
cross join lateral (select value as element from json_array_elements(cast({{ column }} as json))) as elements
{%- endmacro -%}

{#- A join that makes `part` of each part of a text with semicolons. -#}
{%- macro parts_of(column) -%}{{ return(adapter.dispatch('parts_of', 'hubspot_assets')(column)) }}{%- endmacro -%}
{%- macro default__parts_of(column) -%}
  {{ exceptions.raise_compiler_error('Merged records are not written for ' ~ target.type ~ ': disable merged_deal and contact_merge_audit.') }}
{%- endmacro -%}
{%- macro duckdb__parts_of(column) -%}
cross join lateral (select unnest(string_split({{ column }}, ';')) as part) as parts
{%- endmacro -%}
{%- macro snowflake__parts_of(column) -%}
, lateral (select value as part from table(split_to_table({{ column }}, ';'))) as parts
{%- endmacro -%}
{%- macro bigquery__parts_of(column) -%}cross join unnest(split({{ column }}, ';')) as part{%- endmacro -%}
{%- macro postgres__parts_of(column) -%}
cross join lateral (select unnest(string_to_array({{ column }}, ';')) as part) as parts
{%- endmacro -%}
