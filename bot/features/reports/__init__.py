"""Reports: facts that leads and admins can act on, as tables, charts and files."""
