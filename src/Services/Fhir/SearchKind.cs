namespace Yunnao.Services.Fhir;

/// <summary>Kinds of search parameters (FHIR R4, 3.1.1.4) that are answered, and the id.</summary>
internal enum SearchKind { Id, Token, Date, String, Reference, Quantity, Number }
