"""What every noun of the domain stands on: identity, time, errors, transactions, the event log, encryption."""
