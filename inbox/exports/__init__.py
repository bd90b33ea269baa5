"""Files made on request: a contact's data, the audit log, a closing account."""
