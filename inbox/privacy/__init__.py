"""The LGPD desk: what a customer allowed, what is kept of them and for how long, their copy of it, and their erasure."""
