import TellerTestKit
import Testing

@Suite struct `The PostgreSQL store` {
  @Test(arguments: JobStoreConformance<PostgresHarness>.checks)
  func `conforms`(check: JobStoreConformance<PostgresHarness>.Check) throws {
    try check.run(PostgresHarness())
  }
}
