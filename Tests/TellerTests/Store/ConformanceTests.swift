import TellerTestKit
import Testing

@Suite struct `The simulated store` {
  @Test(arguments: JobStoreConformance<SimulatedStoreHarness>.checks)
  func `conforms`(check: JobStoreConformance<SimulatedStoreHarness>.Check) throws {
    try check.run(SimulatedStoreHarness())
  }
}
