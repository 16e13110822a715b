"""All of Dagster: the asset graph, its resources, IO manager, partitions, schedules, sensors, executor and runs."""
