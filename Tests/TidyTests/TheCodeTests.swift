import Testing

/// The code's own rules, over the checkout that this was built from.
@Suite struct `The code` {
  private func expectNone(_ violations: [Violation]) {
    for violation in violations { Issue.record("\(violation)") }
  }

  @Test func `is found`() {
    #expect(Repository.swiftFiles.contains { $0.path.hasSuffix("TidyTests/TheCodeTests.swift") })
    #expect(Repository.swiftFiles.contains { $0.path.hasPrefix("Sources/TellerCLI/") })
  }

  @Test func `imports downwards only`() {
    expectNone(Repository.swiftFiles.flatMap(ImportRule.violations))
  }

  @Test func `has a line for each target in the table of imports`() {
    let targets = Set(Repository.swiftFiles.filter(\.isSource).map(\.target))
    #expect(targets.subtracting(ImportRule.allowed.keys).isEmpty)
  }

  @Test func `stays within its sizes`() {
    expectNone(Repository.swiftFiles.flatMap { SizeRule.violations(in: $0) })
    let sizes = Repository.swiftFiles.filter(\.isSource).map(\.lineCount)
    #expect(SizeRule.percentile(0.5, of: sizes) <= Ratchet.medianLines)
    #expect(SizeRule.percentile(0.9, of: sizes) <= Ratchet.ninetiethPercentileLines)
  }

  @Test func `gives the reason for each unchecked promise`() {
    expectNone(Repository.swiftFiles.flatMap(WordRules.unexplainedUnchecked))
  }

  @Test func `has no crash that input could reach`() {
    expectNone(Repository.swiftFiles.flatMap(WordRules.crashes))
  }

  @Test func `waits on signals in its tests`() {
    expectNone(Repository.swiftFiles.flatMap(WordRules.sleeps))
  }

  @Test func `names things by what they are`() {
    expectNone(Repository.swiftFiles.flatMap(NameRule.violations))
  }

  @Test func `keeps SQL in its folders`() {
    expectNone(Repository.swiftFiles.flatMap(StatementRule.violations))
  }

  @Test func `names no folder of one machine`() {
    let index = Repository.index
    // A draft that git does not track may name what it likes.
    for path in Repository.paths where index.isEmpty || TreeRules.tracks(path, index: index) {
      guard let text = Repository.text(of: path) else { continue }
      expectNone(TreeRules.machinePaths(in: text, path: path))
    }
  }

  @Test func `does not track what the package manager resolves`() {
    #expect(!TreeRules.tracks("Package.resolved", index: Repository.index))
  }
}
