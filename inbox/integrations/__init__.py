"""Speaking HTTP to addresses that users choose. Nothing calls one yet; whoever does, does it through `outbound`."""
