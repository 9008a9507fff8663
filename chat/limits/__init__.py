"""How often one client may do something, and what is asked of everybody while very many come."""
