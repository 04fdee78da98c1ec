internal import Foundation
internal import Teller

/// A dead record's headers as the column `headers` keeps them: `[["name","base64"],["name",null]]`, in their order.
enum DeadLetterHeaders {
  /// The headers; nil where the text has another form, which only a defect or another program can have written.
  static func decode(_ text: String) -> [RecordHeader]? {
    guard let pairs = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[Any]] else { return nil }
    var headers: [RecordHeader] = []
    for pair in pairs {
      guard pair.count == 2, let name = pair[0] as? String else { return nil }
      if pair[1] is NSNull {
        headers.append(RecordHeader(name: name, value: nil))
      } else if let base64 = pair[1] as? String, let value = Data(base64Encoded: base64) {
        headers.append(RecordHeader(name: name, value: Array(value)))
      } else {
        return nil
      }
    }
    return headers
  }
}
