// Where the reports of one producer arrive, until the publisher takes them.

internal import KafkaClient
internal import Synchronization
internal import Teller

/// One producer's reports and troubles. A new producer gets a new inbox: what an old one still says is read by nobody.
final class ReportInbox: Sendable {
  private struct Contents {
    var reports: [SendReport] = []
    var trouble: String?
  }

  private let contents = Mutex(Contents())
  /// For troubles that name no topic.
  private let topics: String

  init(topics: String) { self.topics = topics }

  /// A record's end.
  func add(_ report: DeliveryReport) {
    guard let error = report.error else {
      return contents.withLock { $0.reports.append(SendReport(tag: report.tag, failure: nil)) }
    }
    let failure = PublicationTrouble.failure(error, topic: report.topic ?? topics)
    contents.withLock { $0.reports.append(SendReport(tag: report.tag, failure: failure)) }
  }

  /// What the client says beside reports. Log lines repeat what errors say.
  func hear(_ event: ProducerEvent) {
    switch event {
    case .error(let error), .fatal(let error):
      let words = PublicationTrouble.words(error, topic: topics)
      contents.withLock { $0.trouble = words }
    case .log: break
    }
  }

  /// All reports that have come, in their order. One that arrived says that a trouble is over.
  func take() -> [SendReport] {
    contents.withLock { contents in
      if contents.reports.isEmpty { return [] }
      var taken: [SendReport] = []
      taken.reserveCapacity(contents.reports.capacity)
      swap(&taken, &contents.reports)
      if contents.trouble != nil, taken.contains(where: { $0.failure == nil }) { contents.trouble = nil }
      return taken
    }
  }

  /// Forgets reports that nobody took.
  func forget() { contents.withLock { $0.reports.removeAll(keepingCapacity: true) } }

  /// What the client said last, unless something arrived since.
  var trouble: String? { contents.withLock { $0.trouble } }
}
