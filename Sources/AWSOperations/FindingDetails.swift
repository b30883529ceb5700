import LosslessJSON

extension FindingV2 {
    /// The finding as GetFinding would give it: with principal, actions and condition, where its one detail has them.
    ///
    /// What is spread over several details or pages is left out: a part of it would be something else.
    package var completeRecord: FindingRecord {
        guard nextToken == nil, details.count == 1, let kinds = details[0].object, kinds.count == 1,
            let detail = kinds.members.first?.value
        else { return record }
        var actions: [String]?
        if let list = detail["action"]?.array {
            let texts = list.compactMap(\.string)
            actions = texts.count == list.count ? texts : nil
        }
        return FindingRecord(
            id: record.id,
            status: record.status,
            resource: record.resource,
            resourceType: record.resourceType,
            principal: detail["principal"]?.object,
            actions: actions,
            condition: detail["condition"]?.object,
            error: record.error,
            findingType: findingType,
            ownerAccount: record.ownerAccount,
            isPublic: detail["isPublic"]?.bool
        )
    }
}
