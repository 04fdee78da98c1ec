enum PlaceholderTellerTestKit {}
