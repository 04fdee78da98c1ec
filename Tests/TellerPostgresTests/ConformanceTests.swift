import TellerTestKit
import Testing

@Suite struct `The PostgreSQL store` {
  @Test(arguments: JobStoreConformance<PostgresHarness>.checks)
  func `conforms`(check: JobStoreConformance<PostgresHarness>.Check) throws {
    try check.run(PostgresHarness())
  }
}

@Suite struct `The PostgreSQL publication store` {
  @Test(arguments: PublicationStoreConformance<PostgresHarness>.checks)
  func `conforms`(check: PublicationStoreConformance<PostgresHarness>.Check) throws {
    try check.run(PostgresHarness())
  }
}
