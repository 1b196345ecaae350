namespace Yunnao.Services.Fhir;

/// <summary>Kinds of search parameters (FHIR R4, 3.1.1.4) that are answered, the id, and when a version came.</summary>
internal enum SearchKind { Id, Updated, Token, Date, String, Reference, Quantity, Number }
