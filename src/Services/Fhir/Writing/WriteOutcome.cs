using Yunnao.Kernel;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>What became of a request that writes.</summary>
/// <param name="Entries">All entries, in their order; those that write have a result or issues.</param>
/// <param name="Answers">By place of the entry: what an entry that reads was answered.</param>
internal sealed record WriteOutcome(string? BundleType, IReadOnlyList<SentEntry> Entries, IReadOnlyDictionary<int, Result<FhirPage>> Answers, int Batch);
