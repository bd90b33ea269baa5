"""The installation as a whole, for those who run it: all accounts, all people, global settings, the system log."""
