import TellerTestKit
import Testing

@Suite struct `The simulated store` {
  @Test(arguments: JobStoreConformance<SimulatedStoreHarness>.checks)
  func `conforms`(check: JobStoreConformance<SimulatedStoreHarness>.Check) throws {
    try check.run(SimulatedStoreHarness())
  }
}

@Suite struct `The simulated publication store` {
  @Test(arguments: PublicationStoreConformance<SimulatedStoreHarness>.checks)
  func `conforms`(check: PublicationStoreConformance<SimulatedStoreHarness>.Check) throws {
    try check.run(SimulatedStoreHarness())
  }
}
