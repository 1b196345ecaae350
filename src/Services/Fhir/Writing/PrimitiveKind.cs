namespace Yunnao.Services.Fhir.Writing;

/// <summary>How a primitive value is written in JSON, and what its text must look like.</summary>
internal enum PrimitiveKind
{
    /// <summary>No primitive type.</summary>
    None,
    Boolean,
    Decimal,
    Integer,
    Unsigned,
    Positive,
    Text,
    Code,
    Id,
    Uri,
    Base64,
    Date,
    DateTime,
    Instant,
    Time,
}
