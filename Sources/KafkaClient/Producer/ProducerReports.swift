// The producer's callbacks. They run inside `poll` and `flush`, on the caller's thread.

internal import CLibrdkafka

/// What a producer calls back; its rd_kafka_t points at it.
final class ProducerReports: Sendable {
  private let onReport: @Sendable (DeliveryReport) -> Void
  private let onEvent: @Sendable (ProducerEvent) -> Void

  init(
    onReport: @escaping @Sendable (DeliveryReport) -> Void,
    onEvent: @escaping @Sendable (ProducerEvent) -> Void
  ) {
    self.onReport = onReport
    self.onEvent = onEvent
  }

  /// Sets the callbacks; the object must outlive the client.
  func install(in settings: OpaquePointer) {
    unsafe rd_kafka_conf_set_opaque(settings, Unmanaged.passUnretained(self).toOpaque())
    unsafe rd_kafka_conf_set_dr_msg_cb(settings) { _, message, opaque in
      guard let message = unsafe message, let reports = unsafe ProducerReports.from(opaque) else { return }
      unsafe reports.onReport(ProducerReports.report(message))
    }
    unsafe rd_kafka_conf_set_error_cb(settings) { client, code, reason, opaque in
      guard let client = unsafe client, let reports = unsafe ProducerReports.from(opaque) else { return }
      let message = unsafe reason.map { unsafe String(cString: $0) }
      let error = KafkaError(code: code, message: message)
      guard code == KafkaError.Code.fatal else { return reports.onEvent(.error(error)) }
      reports.onEvent(.fatal(unsafe KafkaError.fatal(of: client) ?? error))
    }
    unsafe rd_kafka_conf_set_log_cb(settings) { client, level, facility, text in
      guard let client = unsafe client, let reports = unsafe ProducerReports.from(rd_kafka_opaque(client))
      else { return }
      let name = unsafe facility.map { unsafe String(cString: $0) } ?? ""
      let line = unsafe text.map { unsafe String(cString: $0) } ?? ""
      reports.onEvent(.log(level: Int(level), line: "\(name): \(line)"))
    }
  }

  private static func from(_ opaque: UnsafeMutableRawPointer?) -> ProducerReports? {
    unsafe opaque.map { unsafe Unmanaged<ProducerReports>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func report(_ message: UnsafePointer<rd_kafka_message_t>) -> DeliveryReport {
    let code = unsafe message.pointee.err
    let isError = code != RD_KAFKA_RESP_ERR_NO_ERROR
    let status: DeliveryReport.Status =
      switch unsafe rd_kafka_message_status(message) {
      case RD_KAFKA_MSG_STATUS_PERSISTED: .persisted
      case RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED: .possiblyPersisted
      default: .notPersisted
      }
    return DeliveryReport(
      tag: UInt64(unsafe UInt(bitPattern: message.pointee._private)),
      topic: isError ? unsafe topicName(message) : nil,
      partition: unsafe message.pointee.partition, offset: unsafe message.pointee.offset,
      error: isError ? KafkaError(code) : nil, status: status)
  }

  private static func topicName(_ message: UnsafePointer<rd_kafka_message_t>) -> String? {
    guard let topic = unsafe message.pointee.rkt else { return nil }
    return unsafe String(cString: rd_kafka_topic_name(topic))
  }
}
