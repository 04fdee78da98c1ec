import CommandTable
import Foundation
import Testing

/// The script is judged by a real bash.
@Suite struct `Completions for bash` {
  private func complete(_ words: [String]) throws -> [String] {
    let bash = Process()
    let output = Pipe()
    bash.executableURL = URL(filePath: "/bin/bash")
    let quoted = (["teller"] + words).map { "'\($0)'" }.joined(separator: " ")
    let ask = "COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count); _teller; printf '%s\\n' \"${COMPREPLY[@]}\""
    bash.arguments = ["--norc", "-u", "-c", Sample.table.bashCompletions() + ask]
    bash.standardOutput = output
    try bash.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    bash.waitUntilExit()
    #expect(bash.terminationStatus == 0)
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { String($0) }
  }

  @Test func `offer commands, options and the words of a choice`() throws {
    #expect(try complete(["w"]) == ["worker"])
    #expect(try complete(["acc"]) == ["accounts"])
    #expect(try complete(["accounts", ""]).sorted() == ["--help", "close", "open", "show"])
    #expect(try complete(["worker", "--unt"]) == ["--until-idle"])
    #expect(try complete(["worker", "--log-level", "d"]) == ["debug"])
    #expect(try complete(["--json", "worker", "--topic", "broker", "--wr"]) == ["--writers"])
    #expect(try complete(["completions", "b"]).contains("bash"))
    #expect(try complete(["worker", "--topic", ""]) == [])
  }

  @Test func `offer files where a file is wanted`() throws {
    #expect(try complete(["worker", "--config", "/etc/host"]).contains("/etc/hostname"))
  }
}
