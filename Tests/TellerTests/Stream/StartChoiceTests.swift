import Testing

@testable import Teller

@Suite struct `The start of a stream` {
  private func sighting(_ ranges: [Range<Int64>]) -> StreamSighting {
    StreamSighting(topic: "payments", clusterID: "one", logRanges: ranges, group: "tellers")
  }

  private func refusal(_ body: () throws(StreamRefusal) -> [Int64]) -> String {
    do throws(StreamRefusal) {
      return "not refused: \(try body())"
    } catch {
      guard case .otherStream(let what, let hint) = error else { return "\(error)" }
      return "\(what). \(hint)"
    }
  }

  @Test func `is what each log still holds, or its end`() throws {
    let sighting = sighting([3..<9, 0..<0, 5..<5])
    #expect(try StartChoice.earliest.starts(on: sighting) == [3, 0, 5])
    #expect(try StartChoice.end.starts(on: sighting) == [9, 0, 5])
    #expect(
      refusal { () throws(StreamRefusal) in try StartChoice.end.starts(on: self.sighting([])) }
        .contains("does not exist"))
  }

  @Test func `is what a group committed, and never guessed where it did not`() throws {
    let group = StartChoice.group("old")
    let logs = sighting([3..<9, 0..<0, 0..<7])
    #expect(try group.starts(on: logs, committed: [0: 9, 2: 4]) == [9, 0, 4])
    #expect(try group.starts(on: logs, committed: [0: 9, 1: 0, 2: 0]) == [9, 0, 0])
    let missing = refusal { () throws(StreamRefusal) in try group.starts(on: logs, committed: [1: 0]) }
    #expect(missing.contains("nothing for partitions 0, 2 of topic payments"))
    // A log that was written and has lost everything is not one that was never written.
    let emptied = refusal { () throws(StreamRefusal) in
      try group.starts(on: sighting([8..<8]), committed: [:])
    }
    #expect(emptied.contains("nothing for partition 0 of"))
    #expect(try group.starts(on: sighting([8..<8]), committed: [0: 8]) == [8])
  }

  @Test func `is refused outside of the log`() {
    let logs = sighting([3..<9, 0..<4])
    let early = refusal { () throws(StreamRefusal) in
      try StartChoice.group("old").starts(on: logs, committed: [0: 2, 1: 1])
    }
    #expect(early.contains("partition 0: consumer group old committed 2, the log goes from 3 to 9"))
    let late = refusal { () throws(StreamRefusal) in
      try StartChoice.offsets([0: 3, 1: 5]).starts(on: logs)
    }
    #expect(late.contains("partition 1: given is 5, the log goes from 0 to 4"))
  }

  @Test func `is given for every partition exactly once`() throws {
    let logs = sighting([0..<9, 0..<4])
    #expect(try StartChoice.offsets([0: 9, 1: 0]).starts(on: logs) == [9, 0])
    let wrong = refusal { () throws(StreamRefusal) in
      try StartChoice.offsets([0: 1, 7: 1]).starts(on: logs)
    }
    #expect(wrong.contains("no offset is given for partition 1; partition 7 is not in it"))
  }
}

@Suite struct `A file of offsets` {
  @Test(arguments: [
    "0 5\n1 17\n", "# start\n\n 1\t17 \n0 5", #"{"0": 5, "1":17}"#, "\n{ \"1\" : 17,\n  \"0\":5 }\n",
  ])
  func `is lines or a JSON object`(text: String) throws {
    #expect(try OffsetsFile.parse(text) == [0: 5, 1: 17])
  }

  @Test(arguments: [
    ("", "no partition"), ("{}", "no partition"), ("0 5\n0 6", "line 2: partition 0 is named twice"),
    (#"{"0":5,"0":6}"#, "field 2: partition 0 is named twice"), ("0", "line 1 is not"),
    ("0 1 2", "line 1 is not"), ("0 -1", "whole numbers"), ("x 1", "whole numbers"),
    ("0 1.5", "whole numbers"),
    (#"{"0":5"#, "does not end"), (#"{0:5}"#, "field 1 is not"), (#"{"0":"5"}"#, "whole numbers"),
    (#"{"0":5,}"#, "field 2 is not"), ("0 99999999999999999999", "whole numbers"), ("{", "does not end"),
    (#"{"":1}"#, "field 1 is not"), (#"{"0":{"1":2}}"#, "field 1 is not"),
  ])
  func `is refused with the place of its flaw`(text: String, words: String) {
    let flaw = #expect(throws: OffsetsFile.Flaw.self) { try OffsetsFile.parse(text) }
    #expect(flaw?.description.contains(words) == true, "\(flaw?.description ?? "")")
  }
}
