using Xunit;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>Tests that share one loaded server.</summary>
[CollectionDefinition(nameof(FhirServer))]
public sealed class FhirServerCollection : ICollectionFixture<FhirServer>;
