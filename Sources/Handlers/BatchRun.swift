import Basics
import Findings
import Ledger
import Logging
import LosslessJSON
import Messages
import Policies
import ResourceTypes

/// One batch being answered, record by record in the order they came.
struct BatchRun {
    /// A finding that one or more records hold, the same in each.
    private struct Job {
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
    private var jobs: [Job] = []
    /// For each record its job, or why it could not be read.
    private var jobOfRecord: [Int?] = []
    private var unreadable: [Int: HandlerError] = [:]
    /// For each resource its jobs.
    private var jobsOfResource: [[Int]] = []
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

    /// Reads all records; those that hold the same are one job.
    private mutating func read() {
        var jobOfContent: [String: Int] = [:]
        var resources: [String: Int] = [:]
        // All cases of a batch are in memory at once: together they may hold as much as one event.
        var valuesLeft = JSONLimits.mostValues
        for index in batch.records.indices {
            do throws(HandlerError) {
                let input = try batch.records[index].readCase(values: valuesLeft)
                let content = input.contentKey
                if let known = jobOfContent[content] {
                    jobs[known].records.append(index)
                    jobOfRecord.append(known)
                    continue
                }
                valuesLeft -= JSON.object(input.json).valueCount
                let arn = input.finding.resource.description
                let resource = resources[arn] ?? jobsOfResource.count
                if resource == jobsOfResource.count {
                    resources[arn] = resource
                    jobsOfResource.append([])
                    waiting.append(0)
                }
                jobOfContent[content] = jobs.count
                jobsOfResource[resource].append(jobs.count)
                waiting[resource] += 1
                jobOfRecord.append(jobs.count)
                jobs.append(Job(input: input, records: [index], resource: resource))
            } catch {
                unreadable[index] = error
                jobOfRecord.append(nil)
            }
        }
    }

    /// Gives `{"batchItemFailures": […]}`.
    private mutating func answer() async -> JSONObject {
        for index in batch.records.indices {
            if let job = jobOfRecord[index] {
                if jobs[job].state == .waiting { await run(job, at: index) }
                if jobs[job].state == .failed { block(index) }
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
            guard jobOfRecord[index].map({ jobs[$0].state == .failed }) ?? true else { continue }
            failures.append(["itemIdentifier": .string(batch.records[index].messageID)])
        }
        return JSONObject([("batchItemFailures", .array(failures))])
    }

    private mutating func block(_ record: Int) {
        if let group = batch.records[record].group { blockedGroups.insert(group) }
    }

    /// Answers one finding, and tells of its resource when it was the resource's last one.
    private mutating func run(_ job: Int, at record: Int) async {
        if let group = batch.records[record].group, blockedGroups.contains(group) {
            skip(job, "an earlier record of its message group failed")
        } else if let lastBegin, ContinuousClock.now >= lastBegin {
            skip(job, "the time is up")
        } else {
            do throws(HandlerError) {
                let answer = try await Pipeline.handled(jobs[job].input, environment)
                jobs[job].answer = answer
                jobs[job].state = .answered
                environment.listener?(.answered(records: messageIDs(jobs[job].records), answer))
                OutcomeLog.write(answer.json, to: environment.logger)
                environment.metrics.answered(answer.json, after: jobs[job].input)
            } catch {
                fail(job, error)
            }
        }
        let resource = jobs[job].resource
        waiting[resource] -= 1
        if waiting[resource] == 0 { await tellOf(jobsOfResource[resource], upTo: record) }
    }

    /// One message for what is to be told of a resource; more only where it would be too long.
    private mutating func tellOf(_ mates: [Int], upTo record: Int) async {
        let teller = Teller(environment)
        var told: [Int] = []
        var cases: [(case: Case, claim: TellingClaim)] = []
        var unclaimed: [Case] = []
        for job in mates where jobs[job].state == .answered {
            guard let answer = jobs[job].answer else { continue }
            do throws(HandlerError) {
                guard Message.isWarranted(by: answer) else { continue }
                // Who has to decide gets a message with the links of this one change.
                if answer.outcome?.status == .awaitingApproval {
                    _ = try await Notification.run(answer, comesAgain: false, environment)
                    continue
                }
                if let teller {
                    guard let claim = try await teller.claim(answer) else { continue }
                    cases.append((answer, claim))
                }
                unclaimed.append(answer)
                told.append(job)
            } catch {
                fail(job, error, upTo: record)
            }
        }
        for (message, range) in Message.pack(unclaimed, KnownResourceGuide(), now: environment.now()) {
            do throws(HandlerError) {
                if let teller {
                    _ = try await teller.send(message, about: Array(cases[range]))
                } else {
                    _ = try await Publishing.send(message, environment)
                }
            } catch {
                for index in range { fail(told[index], error, upTo: record) }
            }
        }
        for job in mates where jobs[job].state == .answered {
            guard let answer = jobs[job].answer else { continue }
            await environment.recordWord(on: answer)
            do throws(HandlerError) {
                if answer.outcome?.status != .awaitingApproval {
                    let isTriedAgain = (teller != nil || !told.contains(job)) && !EventBus.isOfChange(answer)
                    try await EventBus.put(answer, isTriedAgain: isTriedAgain, environment)
                }
                _ = try await Pipeline.askedAnew(answer, environment)
            } catch {
                fail(job, error, upTo: record)
            }
        }
    }

    /// A job that was answered, but nobody could be told.
    private mutating func fail(_ job: Int, _ error: HandlerError, upTo record: Int) {
        fail(job, error)
        for earlier in jobs[job].records where earlier <= record { block(earlier) }
    }

    private mutating func fail(_ job: Int, _ error: HandlerError) {
        jobs[job].state = .failed
        report(error, jobs[job].records)
        environment.metrics.failed(error, jobs[job].input)
    }

    private mutating func skip(_ job: Int, _ why: String) {
        jobs[job].state = .failed
        environment.listener?(.skipped(records: messageIDs(jobs[job].records), why: why))
        environment.logger.warning(
            "a record of the batch was not begun",
            metadata: ["messageId": .string(messageIDs(jobs[job].records).listed()), "why": .string(why)]
        )
    }

    private func report(_ error: HandlerError, _ records: [Int]) {
        environment.listener?(.failed(records: messageIDs(records), error))
        environment.logger.error(
            "a record of the batch failed",
            metadata: [
                "messageId": .string(messageIDs(records).listed()), "errorType": .string(error.type),
                "errorMessage": .string(error.message),
            ]
        )
    }

    private func messageIDs(_ records: [Int]) -> [String] {
        records.map { batch.records[$0].messageID }
    }
}

extension Case {
    /// All that a case says but when the finding was reported: the same finding sent again has the same.
    fileprivate var contentKey: String {
        var json = json
        if var finding = json["finding"]?.object {
            for time in ["createdAt", "analyzedAt", "updatedAt"] { finding[time] = nil }
            if finding["actions"] != nil { finding["actions"] = .array(self.finding.actions.sorted().map(JSON.string)) }
            json["finding"] = .object(finding)
        }
        return JSON.object(json).text()
    }
}
