extension JobValidation {
    mutating func array(_ request: Grove_V1_SubmitRequest) {
        let elements = request.array.elements
        expect(request.spec.kind == nil, "spec", "and an array are both given; give one of them")
        expect(
            (1...Limits.arrayJobs).contains(elements.count), "array.elements",
            "has \(elements.count) jobs, must be 1 to \(Limits.arrayJobs); submit several arrays")
        expect(
            Set(elements.map(\.index)).count == elements.count, "array.elements",
            "has the same index twice; give each job one of its own")
        expect(
            request.array.atMostRunning <= Limits.arrayJobs, "array.at_most_running",
            "must be 0 for any number, up to \(Limits.arrayJobs), not \(request.array.atMostRunning)")
        for element in elements.prefix(Limits.arrayJobs) { spec(element.spec) }
    }
}
