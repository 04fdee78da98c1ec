enum PlaceholderLedgerPostgres {}
