package import AWSClient
import AWSOperations
package import Basics
import LosslessJSON

/// Reads what the functions have logged in a period, page by page; one page is held at a time.
package struct LogGroupReader: Sendable {
    private static let pattern = #"{ $.findingId = "*" }"#

    private let logGroup: String
    private let region: Region
    private let aws: any AWSCaller
    /// When to stop; `nil` for at the end.
    private let deadline: ContinuousClock.Instant?

    package init(logGroup: String, region: Region, aws: any AWSCaller, deadline: ContinuousClock.Instant? = nil) {
        self.logGroup = logGroup
        self.region = region
        self.aws = aws
        self.deadline = deadline
    }

    /// Counts all of a period, and says where it is from.
    package func read(
        from since: Timestamp,
        to until: Timestamp
    ) async throws(HandlerError) -> (tally: ReportTally, source: ActivityReport.Source) {
        var tally = ReportTally(since: since, until: until)
        var (token, seen, lines, isComplete): (String?, Set<String>, Int, Bool) = (nil, [], 0, true)
        repeat {
            if let deadline, ContinuousClock.now >= deadline {
                isComplete = false
                break
            }
            let page = try await page(from: since, to: until, token)
            for message in page.messages {
                lines += 1
                guard let json = try? JSON.parse(Array(message.utf8)), let entry = ReportEntry(metricLine: json) else {
                    continue
                }
                tally.take(entry)
            }
            token = page.nextToken
            if let token, !seen.insert(token).inserted {
                throw HandlerError(
                    .serviceUnavailable,
                    "CloudWatch Logs names a page of \(logGroup) as the next one that was read before"
                )
            }
        } while token != nil
        let source = ActivityReport.Source(
            name: "the log group \(logGroup) in \(region.name): \(lines) lines about findings",
            lines: lines,
            isComplete: isComplete,
            notes: [
                "What the log group no longer holds (its retention), and what CloudWatch has not taken in yet.",
                "Events that never came to a function: delivery is best effort, and the sweep finds what was missed.",
                "Whether a message was held back, or read by anybody.",
            ]
        )
        return (tally, source)
    }

    private func page(
        from since: Timestamp,
        to until: Timestamp,
        _ token: String?
    ) async throws(HandlerError) -> (messages: [String], nextToken: String?) {
        let call = FilterLogEvents(
            logGroup: logGroup,
            startTime: max(0, since.secondsSinceEpoch) * 1000,
            endTime: max(0, until.secondsSinceEpoch) * 1000 - 1,
            pattern: Self.pattern,
            nextToken: token,
            region: region
        )
        do throws(AWSError) {
            return try await aws.call(call)
        } catch {
            guard !error.isAnswer("ResourceNotFoundException", to: FilterLogEvents.self) else {
                throw HandlerError(
                    .invalidConfiguration,
                    "there is no log group \(logGroup.printable(limit: 512)) in \(region.name) of this account"
                )
            }
            throw HandlerError(error)
        }
    }
}
