import Testing

@testable import TellerCLI

@Suite struct `A file of requests` {
  @Test func `is split into lines, wherever the pieces end`() {
    let bytes = Array("one\r\n\ntwo\nthree".utf8)
    for size in 1...bytes.count {
      var splitter = LineSplitter()
      var lines: [[UInt8]] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        lines += splitter.add(bytes[start..<min(start + size, bytes.count)])
      }
      if let last = splitter.finish() { lines.append(last) }
      #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["one", "two", "three"])
    }
  }

  @Test(arguments: [
    (#"{"debit_account":"a\u00e9","credit_account":"b"}"#, "aé"),
    (#"{"type":"open_account","account":"x"}"#, "x"),
    (#"{"type":"transfer","debit_account":"d","account":"x"}"#, "d"), (#"{"debit_account":5}"#, nil),
    (#"{"debit_account":""}"#, nil), ("[1]", nil), ("{", nil), ("\u{0}", nil),
  ])
  func `gives each line the key that its request asks for`(line: String, key: String?) {
    #expect(RequestLine.key(of: Array(line.utf8)) == key.map { Array($0.utf8) })
  }
}
