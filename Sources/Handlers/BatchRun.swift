import Basics
import Findings
import Logging
import LosslessJSON
import Messages
import Policies
import ResourceTypes

/// One batch being answered, record by record in the order they came.
struct BatchRun {
    /// A finding that one or more records hold, the same in each.
    private struct Work {
        enum State {
            case waiting
            case answered
            case failed
        }

        let input: Case
        /// The case as it is after all steps but telling, once it is answered.
        var answer: Case?
        var state = State.waiting
        /// Indices of the records.
        var records: [Int] = []
        /// The finding's resource.
        let resource: Int
    }

    private let batch: Batch
    private let environment: HandlerEnvironment
    private var works: [Work] = []
    /// For each record its work, or why it could not be read.
    private var workOfRecord: [Int?] = []
    private var unreadable: [Int: HandlerError] = [:]
    /// For each resource its works.
    private var worksOfResource: [[Int]] = []
    /// For each resource how many of them are not begun.
    private var waiting: [Int] = []
    /// Message groups in which a record has failed: later ones must wait for it.
    private var blockedGroups: Set<String> = []
    /// When no further record is begun, so that time is left to tell of those that were.
    private let lastBegin: ContinuousClock.Instant?

    /// Answers a batch: each finding once, one message for the findings of one resource; what fails is named, and comes
    /// again alone.
    static func run(_ batch: Batch, _ environment: HandlerEnvironment) async -> JSONObject {
        var run = BatchRun(batch, environment)
        return await run.answer()
    }

    private init(_ batch: Batch, _ environment: HandlerEnvironment) {
        self.batch = batch
        self.environment = environment
        lastBegin = environment.deadline.map { deadline in
            let left = ContinuousClock.now.duration(to: deadline)
            return deadline - min(.seconds(2), max(.zero, left / 4))
        }
        read()
    }

    /// Reads all records; those that hold the same are one work.
    private mutating func read() {
        var workOfContent: [String: Int] = [:]
        var resources: [String: Int] = [:]
        // All cases of a batch are in memory at once: together they may hold as much as one event.
        var valuesLeft = JSONLimits.mostValues
        for index in batch.records.indices {
            do throws(HandlerError) {
                let input = try batch.records[index].readCase(values: valuesLeft)
                let content = contentKey(input)
                if let known = workOfContent[content] {
                    works[known].records.append(index)
                    workOfRecord.append(known)
                    continue
                }
                valuesLeft -= JSON.object(input.json).valueCount
                let arn = input.finding.resource.description
                let resource = resources[arn] ?? worksOfResource.count
                if resource == worksOfResource.count {
                    resources[arn] = resource
                    worksOfResource.append([])
                    waiting.append(0)
                }
                workOfContent[content] = works.count
                worksOfResource[resource].append(works.count)
                waiting[resource] += 1
                workOfRecord.append(works.count)
                works.append(Work(input: input, records: [index], resource: resource))
            } catch {
                unreadable[index] = error
                workOfRecord.append(nil)
            }
        }
    }

    /// Gives `{"batchItemFailures": […]}`.
    private mutating func answer() async -> JSONObject {
        for index in batch.records.indices {
            if let work = workOfRecord[index] {
                if works[work].state == .waiting { await run(work, at: index) }
                if works[work].state == .failed { block(index) }
            } else {
                if let error = unreadable[index] {
                    report(error, [index])
                    environment.metrics.failed(error, nil)
                }
                block(index)
            }
        }
        var failures: [JSON] = []
        for index in batch.records.indices {
            guard workOfRecord[index].map({ works[$0].state == .failed }) ?? true else { continue }
            failures.append(["itemIdentifier": .string(batch.records[index].messageID)])
        }
        return JSONObject([("batchItemFailures", .array(failures))])
    }

    private mutating func block(_ record: Int) {
        if let group = batch.records[record].group { blockedGroups.insert(group) }
    }

    /// Answers one finding, and tells of its resource when it was the resource's last one.
    private mutating func run(_ work: Int, at record: Int) async {
        if let group = batch.records[record].group, blockedGroups.contains(group) {
            skip(work, "an earlier record of its message group failed")
        } else if let lastBegin, ContinuousClock.now >= lastBegin {
            skip(work, "the time is up")
        } else {
            do throws(HandlerError) {
                let answer = try await Pipeline.handled(works[work].input, environment)
                works[work].answer = answer
                works[work].state = .answered
                OutcomeLog.write(answer.json, to: environment.logger)
                environment.metrics.answered(answer.json, after: works[work].input)
            } catch {
                fail(work, error)
            }
        }
        let resource = works[work].resource
        waiting[resource] -= 1
        if waiting[resource] == 0 { await tellOf(worksOfResource[resource], upTo: record) }
    }

    /// One message for what is to be told of a resource; more only where it would be too long.
    private mutating func tellOf(_ mates: [Int], upTo record: Int) async {
        var told: [Int] = []
        var cases: [Case] = []
        for work in mates where works[work].state == .answered {
            guard let answer = works[work].answer, Message.isWarranted(by: answer) else { continue }
            told.append(work)
            cases.append(answer)
        }
        for (message, range) in Message.pack(cases, KnownResourceGuide(), now: environment.now()) {
            do throws(HandlerError) {
                _ = try await Notification.send(message, environment)
            } catch {
                for index in range {
                    fail(told[index], error)
                    for earlier in works[told[index]].records where earlier <= record { block(earlier) }
                }
            }
        }
    }

    private mutating func fail(_ work: Int, _ error: HandlerError) {
        works[work].state = .failed
        report(error, works[work].records)
        environment.metrics.failed(error, works[work].input)
    }

    private mutating func skip(_ work: Int, _ why: String) {
        works[work].state = .failed
        environment.logger.warning(
            "a record of the batch was not begun",
            metadata: ["messageId": .string(messageIDs(works[work].records)), "why": .string(why)]
        )
    }

    private func report(_ error: HandlerError, _ records: [Int]) {
        environment.logger.error(
            "a record of the batch failed",
            metadata: [
                "messageId": .string(messageIDs(records)), "errorType": .string(error.type),
                "errorMessage": .string(error.message),
            ]
        )
    }

    private func messageIDs(_ records: [Int]) -> String {
        records.map { batch.records[$0].messageID }.listed()
    }
}

/// All that a case says but when the finding was reported: the same finding sent again has the same.
private func contentKey(_ input: Case) -> String {
    var json = input.json
    if var finding = json["finding"]?.object {
        for time in ["createdAt", "analyzedAt", "updatedAt"] { finding[time] = nil }
        if finding["actions"] != nil { finding["actions"] = .array(input.finding.actions.sorted().map(JSON.string)) }
        json["finding"] = .object(finding)
    }
    return JSON.object(json).text()
}
