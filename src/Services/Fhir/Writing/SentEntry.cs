namespace Yunnao.Services.Fhir.Writing;

/// <summary>A resource that was sent, alone or as an entry of a Bundle, and what is asked for it.</summary>
internal sealed class SentEntry
{
    /// <summary>Place in the Bundle, from 0; -1 of a resource that was sent alone.</summary>
    public required int Index { get; init; }

    public string? FullUrl { get; set; }

    public string Method { get; set; } = "";

    public string Url { get; set; } = "";

    public string? IfNoneExist { get; set; }

    public string? IfMatch { get; set; }

    /// <summary>Type of the resource; empty when the entry has none.</summary>
    public string Type { get; set; } = "";

    /// <summary>The id that it was sent with, and where that string stands in the body, quotes included; or null.</summary>
    public string? Id { get; set; }

    public (int Start, int End) IdAt { get; set; }

    /// <summary>Where the resource stands in the body.</summary>
    public (int Start, int End) At { get; set; }

    public List<SentReference> References { get; } = [];

    /// <summary>What is wrong with it; the expressions begin at the resource.</summary>
    public List<FhirIssue> Issues { get; } = [];

    /// <summary>What deserves a look and keeps nothing out.</summary>
    public List<FhirIssue> Warnings { get; } = [];

    /// <summary>The profiles that it names in <c>meta.profile</c>.</summary>
    public List<string> Profiles { get; } = [];

    /// <summary>The number that the record gets at its institution: what loading reads as its id.</summary>
    public string? Number { get; set; }

    /// <summary>By reference, by its place in <see cref="References"/>: the number that stands for it; null leaves it as it is.</summary>
    public string?[] Numbers { get; set; } = [];

    /// <summary>True when the record is asked for by a number or id of its own, so that it may be there already.</summary>
    public bool MayExist { get; set; }

    /// <summary>True when nothing is to be written where the record is there already.</summary>
    public bool OnlyIfNew { get; set; }

    /// <summary>The id by which an existing record was named; what is written must become a version of it.</summary>
    public string? NamedId { get; set; }

    /// <summary>Place among the records that are loaded, from 1; 0 of one that is not.</summary>
    public int Record { get; set; }

    /// <summary>What became of it.</summary>
    public EntryResult? Result { get; set; }
}
