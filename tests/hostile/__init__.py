"""What somebody sends who wants harm: through every field and address, and in a real browser."""
