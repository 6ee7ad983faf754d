"""A YAML file -> Mapping; exactly one Mapping for a source file; source tables -> rows of codes and quantities."""
