"""Pictures of the key screens."""
