import Foundation
import Testing

@testable import TellerIntegrationKit

@Suite struct `A child process` {
  private let shell = URL(fileURLWithPath: "/bin/sh")

  @Test func `hands over its lines as they come`() throws {
    let child = try ChildProcess(shell, ["-c", "echo first; echo second >&2; exec sleep 60"])
    #expect(try child.waitForLine(containing: "fir", within: .seconds(10)) == "first")
    #expect(try child.waitForLine(containing: "sec", within: .seconds(10)) == "second")
    #expect(child.standardOutput == ["first"])
    #expect(child.standardError == ["second"])
    #expect(child.exitStatus == nil)
  }

  @Test func `says what was there when the line did not come`() throws {
    let child = try ChildProcess(shell, ["-c", "echo something else; exit 3"])
    let error = #expect(throws: IntegrationError.self) {
      try child.waitForLine(containing: "awaited", within: .seconds(10))
    }
    #expect(error?.code == .lineNotSeen)
    #expect(error?.cause.contains("something else") == true)
    #expect(try child.waitForExit(within: .seconds(10)) == 3)
  }

  @Test func `shows which signal ended it`() throws {
    let child = try ChildProcess(shell, ["-c", "echo up; exec sleep 60"])
    try child.waitForLine(containing: "up", within: .seconds(10))
    child.signal(SIGTERM)
    #expect(try child.waitForExit(within: .seconds(10)) == -SIGTERM)
  }

  @Test func `does not outlive its value`() throws {
    var child: ChildProcess? = try ChildProcess(shell, ["-c", "echo up; exec sleep 60"])
    try child?.waitForLine(containing: "up", within: .seconds(10))
    let identifier = try #require(child?.processIdentifier)
    child = nil
    #expect(kill(identifier, 0) == -1)
  }

  @Test func `times out on one that goes on`() throws {
    let child = try ChildProcess(shell, ["-c", "exec sleep 60"])
    let error = #expect(throws: IntegrationError.self) {
      try child.waitForExit(within: .milliseconds(50))
    }
    #expect(error?.code == .stillRunning)
  }

  @Test func `is refused when the program does not exist`() {
    let error = #expect(throws: IntegrationError.self) {
      try ChildProcess(URL(fileURLWithPath: "/no/such/program"), [])
    }
    #expect(error?.code == .notFound)
  }
}
