namespace Yunnao.Services.Fhir.Writing;

/// <summary>Values that writing needs, beside checking them.</summary>
internal enum ElementWatch
{
    None,
    Reference,
    Profile,
    Id,
    BundleType,
    Entries,
    FullUrl,
    Resource,
    Method,
    Url,
    IfNoneExist,
    IfMatch,
}
