namespace Yunnao.Standards.Quality;

/// <summary>The names that a condition of a measure may use beside the items of its data set.</summary>
public static class MeasureWords
{
    /// <summary>Years of age of the person at the event.</summary>
    public const string Age = "subject_age";

    /// <summary>Sex of the person, as the registry codes it.</summary>
    public const string Sex = "subject_sex";

    /// <summary>Day on which the person was born.</summary>
    public const string Birth = "subject_birth";

    /// <summary>Event time of the record.</summary>
    public const string Event = "event_time";

    /// <summary>When the file was loaded that brought this version of the record (UTC).</summary>
    public const string Loaded = "loaded_time";

    /// <summary>Begins the items of the record that a measure compares with.</summary>
    public const string Other = "other.";

    /// <summary>Those that are whole words.</summary>
    public static IReadOnlyList<string> All { get; } = [Age, Sex, Birth, Event, Loaded];

    /// <summary>True for those that ask who the person is.</summary>
    public static bool OfPerson(string word) => word is Age or Sex or Birth;
}
