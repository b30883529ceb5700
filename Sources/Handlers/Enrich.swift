import AWSClient
import Basics
import Findings
import Logging
import LosslessJSON
import Policies
import ResourceTypes
import Rules

/// Finds out what the resource is and sets `context`; keys of the context that are not ours stay.
///
/// Independent look-ups run side by side; one that fails is `unavailable` with its reason, and none fails the case. The
/// finding's status and times become those of now.
enum Enrichment {
    /// What came of it.
    struct Result {
        /// The case with its context.
        var `case`: Case
        /// How Access Analyzer has the finding, where it said so.
        let now: FindingNow?
        /// What was read of the resource, where a remedy can use it.
        let reading: EarlierReading?
    }

    static func run(_ input: Case, _ environment: HandlerEnvironment) async throws(HandlerError) -> Result {
        let (asked, revision) = (environment.instant(), environment.journal.revision)
        var result = input
        let finding = input.finding
        var learned = ContextBuilder()
        var lookUps = [FindingLookUp(finding: finding, aws: environment.aws).lookUp]
        if let partition = Partition(rawValue: finding.resource.partition) {
            let questions = OrganizationQuestions(
                finding: finding,
                partition: partition,
                environment: environment,
                rules: { await knownRules(environment) }
            )
            lookUps += await resourceLookUps(input, partition, environment, &learned)
            lookUps += questions.lookUps
        } else {
            learned.markUnavailable(
                .tags,
                "partition \(finding.resource.partition.printable(limit: 50)) is not supported"
            )
        }
        let answer = await lookUps.answer(within: environment.lookUpBudget)
        learned.add(answer.learned)
        result.learn(learned.context(over: input.context))
        if let now = answer.finding {
            if case .read(let status, let updatedAt, let analyzedAt) = now {
                result.refresh(status: status, updatedAt: updatedAt, analyzedAt: analyzedAt)
            }
        }
        return Result(
            case: result,
            now: answer.finding,
            reading: answer.resource.map { EarlierReading($0, asked: asked, revision: revision) }
        )
    }

    /// The rules, which say what must not be missing; `nil` when they cannot be had, which is for `evaluate` to fail on.
    private static func knownRules(_ environment: HandlerEnvironment) async -> RuleSet? {
        do throws(HandlerError) {
            return try await environment.rules.rules(environment.access)
        } catch {
            environment.logger.warning("the rules cannot be had", metadata: ["why": .string(error.message)])
            return nil
        }
    }

    private static func resourceLookUps(
        _ input: Case,
        _ partition: Partition,
        _ environment: HandlerEnvironment,
        _ learned: inout ContextBuilder
    ) async -> [LookUp] {
        let finding = input.finding
        guard let known = KnownResourceTypes.known(finding.resourceType) else {
            let type = finding.resourceType.name.printable(limit: 100)
            learned.markUnavailable(.tags, "enrichment does not know the type \(type)")
            return []
        }
        do {
            // With another account's number the look-ups could be about another resource of the same name.
            guard finding.resource.account.isEmpty || finding.resource.account == finding.accountID else {
                throw HandlerError(
                    .invalidEvent,
                    "the ARN is of another account than the finding's \(finding.accountID)"
                )
            }
            let resource = try await resource(of: finding, known.type, partition, environment)
            return try known.lookUps(of: resource, &learned)
                + whoOpened(input, known, resource, environment, &learned)
        } catch {
            let reason =
                (error as? AWSError)?.unavailabilityReason ?? (error as? HandlerError)?.message
                ?? (error as? Region.Invalid)?.message ?? "\(error)"
            for key in known.keys { learned.markUnavailable(key, reason.printable(limit: 299)) }
            return []
        }
    }

    /// Nobody has opened what nobody uses.
    private static func whoOpened(
        _ input: Case,
        _ known: any KnownResourceType.Type,
        _ resource: LookedUpResource,
        _ environment: HandlerEnvironment,
        _ learned: inout ContextBuilder
    ) -> [LookUp] {
        let finding = input.finding
        guard environment.settings.asksWhoDidIt, finding.kind == .externalAccess || finding.kind == .internalAccess,
            let search = known.trail(finding.resource, region: resource.region.name)
        else { return [] }
        // Should the time of all look-ups be up before its own.
        learned[.openedBy] = ["why": "CloudTrail did not tell: no answer in time"]
        let times = input.json["finding"]
        let updatedAt = ["updatedAt", "analyzedAt", "createdAt"].lazy
            .compactMap { times?[$0]?.string.flatMap(Timestamp.init(iso8601:)) }.first
        let budget = environment.lookUpBudget
        let role = environment.settings.memberRole
        return [
            .whoOpened(finding, updatedAt: updatedAt, search, of: resource, memberRole: role, within: budget)
        ]
    }

    private static func resource(
        of finding: Finding,
        _ type: ResourceType,
        _ partition: Partition,
        _ environment: HandlerEnvironment
    ) async throws -> LookedUpResource {
        let region = finding.resource.region.isEmpty ? finding.region : finding.resource.region
        return LookedUpResource(
            type: type,
            arn: finding.resource,
            account: finding.accountID,
            region: type.arnService == "iam" ? partition.globalRegion : try Region(region),
            aws: try await environment.caller(for: finding.accountID, partition: partition),
            hasMemberRole: environment.settings.memberRole != nil,
            now: environment.now(),
            ownAccount: { () async throws(AWSError) in
                do throws(HandlerError) {
                    return try await environment.ownAccount.id(environment.access)
                } catch {
                    throw .impossible("our own account is not known: \(error.message)")
                }
            }
        )
    }
}

extension HandlerEnvironment {
    /// How long look-ups may take: a quarter of the time that is left, and at most 10 seconds.
    var lookUpBudget: Duration {
        guard let deadline else { return .seconds(10) }
        return max(.zero, min(.seconds(10), ContinuousClock.now.duration(to: deadline) / 4))
    }
}
