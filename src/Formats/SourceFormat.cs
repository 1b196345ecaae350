namespace Yunnao.Formats;

/// <summary>Formats of source files.</summary>
public enum SourceFormat
{
    /// <summary>None of those below.</summary>
    Unknown,

    /// <summary>Delimited text, whatever the delimiter and encoding.</summary>
    Csv,

    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>FHIR JSON: NDJSON, a resource, a Bundle, an array.</summary>
    Fhir,

    /// <summary>HL7 v2 messages with pipes and hats.</summary>
    Hl7v2,

    /// <summary>A gzip member; what is in it is to be detected after unpacking.</summary>
    Gzip,
}
