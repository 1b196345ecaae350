namespace Yunnao.Standards.Loading;

/// <summary>The columns of each file of the registry, in the order in which we write them; <c>!</c> marks those that must be there.</summary>
public static class RegistryColumns
{
    public const string Elements =
        "id! version! status! provisional name_zh! name_en! definition_zh definition_en type! format! value_set source";

    public const string ValueSets = "id! oid version! status! provisional name_zh! name_en! source";

    /// <summary>Further columns are attributes of the code.</summary>
    public const string Codes = "code! name_zh! name_en! parent provisional";

    public const string DataSets =
        "id! version! status! provisional domain name_zh! name_en! definition_zh definition_en identifier document load_order source";

    public const string Items =
        "item! id element! name_zh! name_en! definition_zh definition_en value_set unit min max card! role! level! deid! "
        + "hl7v2 cda fhir omop status provisional was source";

    public const string Checks = "id! dataset! version! status! severity! expression! message_zh! message_en! source";

    public const string Units = "code! name_zh! name_en!";

    public const string CodeMaps = "source! target! name";

    public const string PolicyRoles = "id! status! apart! name_zh! name_en! definition_zh definition_en source";

    public const string PolicyPurposes = "id! status! consent! smallest_group! break_glass! name_zh! name_en! definition_zh definition_en source";

    public const string PolicyRights =
        "id! status! role! purpose! data_sets! organisations! subjects! rows! keys! l1! l2! l3! l4! l5! items identity source";

    /// <summary>A row is a prefix length, or one range.</summary>
    public const string PolicyGroupings = "value_set! prefix! from! to! group! name_zh name_en source";

    public const string PolicyAnomalies =
        "id! status! counts! events! group threshold! window_minutes! from_hour! to_hour! name_zh! name_en! source";

    /// <summary>The bare names of a list of columns.</summary>
    public static string[] Names(string columns) => [.. columns.Split(' ').Select(c => c.TrimEnd('!'))];

    /// <summary>The columns of a list that must be there.</summary>
    public static string[] Required(string columns) => [.. columns.Split(' ').Where(c => c.EndsWith('!')).Select(c => c.TrimEnd('!'))];
}
