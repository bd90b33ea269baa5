"""The audit log for those who read it: pages, proof that it is whole, files."""
