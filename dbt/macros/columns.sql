{#- What a column of the exported tables becomes. A portal need not have every property, or every table: what it lacks
    is NULL in these models, so that their form is the same everywhere. -#}

{%- macro type_of(kind) -%}
  {%- if kind == 'int' -%}{{ dbt.type_bigint() }}
  {%- elif kind == 'number' -%}decimal(38, 9)
  {%- elif kind == 'float' -%}{{ dbt.type_float() }}
  {%- elif kind == 'timestamp' -%}{{ dbt.type_timestamp() }}
  {%- elif kind == 'boolean' -%}{{ dbt.type_boolean() }}
  {%- else -%}{{ dbt.type_string() }}
  {%- endif -%}
{%- endmacro -%}

{#- An expression as a column of a type. -#}
{%- macro as_column(expression, kind, alias) -%}
  cast({{ expression }} as {{ type_of(kind) }}) as {{ alias }}
{%- endmacro -%}

{#- A text as a column of a type; NULL where it does not fit. -#}
{%- macro parsed(text, kind, alias) -%}
  {%- if kind == 'string' -%}{{ as_column(text, kind, alias) }}
  {%- else -%}{{ fitting(text, type_of(kind)) }} as {{ alias }}
  {%- endif -%}
{%- endmacro -%}

{#- The table of the sources with this name, or with the first of these names that the portal has; none otherwise. -#}
{%- macro exported(names) -%}
  {%- set names = [names] if names is string else names -%}
  {%- for name in names -%}
    {%- set found = adapter.get_relation(
          database=var('hubspot_assets_database', target.database), schema=var('hubspot_assets_schema', 'V2_LIVE'),
          identifier=name) if execute else none -%}
    {%- if found -%}{{ return(found) }}{%- endif -%}
  {%- endfor -%}
  {{ return(none) }}
{%- endmacro -%}

{#- The columns of a table, name in capital letters -> whether it is of texts; none of a table that is not there. -#}
{%- macro columns_of(relation) -%}
  {%- set columns = {} -%}
  {%- if relation -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
      {%- do columns.update({column.name | upper: column.is_string()}) -%}
    {%- endfor -%}
  {%- endif -%}
  {{ return(columns) }}
{%- endmacro -%}

{#- The columns of a model, `[alias, kind, the source's column or an expression]` each, of a table that may lack them. -#}
{%- macro listed(columns, there) -%}
  {%- set lines = [] -%}
  {%- for alias, kind, expression in columns -%}
    {%- set is_name = expression and modules.re.fullmatch('[A-Z][A-Z0-9_]*', expression) -%}
    {%- if not expression or (is_name and expression not in there) -%}
      {%- do lines.append(as_column('null', kind, alias)) -%}
    {%- elif is_name and there[expression] -%}
      {%- do lines.append(parsed(expression, kind, alias)) -%}
    {%- else -%}
      {%- do lines.append(as_column(expression, kind, alias)) -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(lines) }}
{%- endmacro -%}

{#- A model of one table: these columns of its rows. Of a table that the portal does not have, no row. -#}
{%- macro form_of(relation, columns, where=none) -%}
  select
    {{ listed(columns, columns_of(relation)) | join(',\n    ') }}
  {%- if relation %}
  from {{ relation }}
  {%- if where %}
  where {{ where }}
  {%- endif %}
  {%- else %}
  from (select 1 as nothing) as no_rows
  where 1 = 0
  {%- endif %}
{%- endmacro -%}

{#- A model of records: the columns that are named, these properties in any case, and every other one that there is. -#}
{%- macro records(relation, columns, properties) -%}
  {%- set there = columns_of(relation) -%}
  {%- set wanted = [] -%}
  {%- set taken = [] -%}
  {%- for alias, kind, expression in columns -%}{%- do taken.append(alias) -%}{%- endfor -%}
  {%- for name, kind in properties -%}
    {%- do wanted.append(['property_' ~ name, kind, 'PROPERTY_' ~ name | upper]) -%}
    {%- do taken.append('property_' ~ name) -%}
  {%- endfor -%}
  {%- set others = [] -%}
  {%- for name in there if name.startswith('PROPERTY_') and not name.startswith('PROPERTY_UNPARSED_') -%}
    {%- set alias = modules.re.sub('[^a-z0-9_]', '_', name | lower) -%}
    {%- if alias not in taken -%}
      {%- do others.append(adapter.quote(name) ~ ' as ' ~ alias) -%}
      {%- do taken.append(alias) -%}
    {%- endif -%}
  {%- endfor -%}
  select
    {{ (listed(columns + wanted, there) + others) | join(',\n    ') }}
  from {{ relation }}
{%- endmacro -%}
