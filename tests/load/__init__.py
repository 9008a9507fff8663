"""What Luwte carries, measured: `make bench`."""
