enum PlaceholderTellerIntegrationKit {}
