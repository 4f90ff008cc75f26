"""How is each tool asked? One file a tool; each loads the tables as docs/tables.md says."""
