using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Yunnao.Kernel;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.DataServices;

/// <summary>
/// Reads a question from an address or from a body. The names are the same: <c>purpose, from, to, organisation, fields, sort, group, measures,
/// limit, after, since</c>; every other name is an item. What could tell who somebody is (<see cref="OnlyInBody"/>) is refused in an address,
/// which proxies and browsers keep.
/// </summary>
public static class QuestionReader
{
    private const int HighestLevelInAddress = 3;

    /// <summary>True of a column whose values are no part of an address: keys of persons and records, what is pseudonymised, and levels 4 and 5.</summary>
    public static bool OnlyInBody(DataSet dataSet, string name)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        if (name is SystemColumns.Org or SystemColumns.Time or SystemColumns.Version) return false;
        if (name is SystemColumns.Record or SystemColumns.Subject or SystemColumns.Batch || name.StartsWith(SystemColumns.Checks, StringComparison.Ordinal)) return true;
        return dataSet.Find(name) is { } item
            && (item.InVault || item.Roles.HasFlag(Roles.Record) && !item.Roles.HasFlag(Roles.Organisation) && item.Deid != Deid.Keep
                || item.Deid is Deid.Pseudonym or Deid.Mask or Deid.Redact || item.Level is null or > HighestLevelInAddress);
    }

    /// <summary>Reads an address. Problems: <c>data.only-in-body</c>, <c>data.limit</c>, <c>data.repeated</c>, <c>data.grouped</c>.</summary>
    public static Result<DataQuestion> OfAddress(DataSet dataSet, IQueryCollection query)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        ArgumentNullException.ThrowIfNull(query);
        var (question, conditions) = (new DataQuestion(dataSet.Id), new List<DataCondition>());
        foreach (var (name, values) in query)
        {
            if (OnlyInBody(dataSet, name) || name == "subject")
                return new Problem(ProblemKind.Incorrect, "data.only-in-body", $"Values of {name} could tell who somebody is, so they are no part of an address: send them as JSON to POST /api/v1/data/{dataSet.Id}/search.", new(Path: name));
            if (Set(question, name, [.. values.OfType<string>()]).Try(out var set, out var problem)) question = set;
            else if (problem.Code != Unknown) return problem;
            else conditions.AddRange(values.OfType<string>().Select(v => DataCondition.Of(name, v)));
        }

        return Whole(question with { Conditions = conditions }, query.ContainsKey);
    }

    /// <summary>Reads a body: a JSON object. Problems: <c>data.body</c>, <c>data.limit</c>, <c>data.repeated</c>, <c>data.grouped</c>.</summary>
    public static Result<DataQuestion> OfBody(DataSet dataSet, JsonElement body)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        if (body.ValueKind != JsonValueKind.Object) return Misread("$", "The body is a JSON object.");
        var (question, conditions) = (new DataQuestion(dataSet.Id), new List<DataCondition>());
        foreach (var property in body.EnumerateObject())
        {
            var (name, value) = (property.Name, property.Value);
            if (name == "subject")
            {
                if (!ulong.TryParse(Scalar(value), NumberStyles.None, CultureInfo.InvariantCulture, out var subject)) return Misread("subject", "A subject is a text of decimal digits.");
                question = question with { Subject = subject };
            }
            else if (Texts(value) is not { } texts)
            {
                if (value.ValueKind != JsonValueKind.Object) return Misread(name, "This is a value, a list of values, or conditions such as {\"ge\": 5}.");
                foreach (var condition in value.EnumerateObject())
                {
                    if (!DataCondition.Words.Contains(condition.Name) || Texts(condition.Value) is not { } values)
                        return Misread(name, $"A condition is one of {string.Join(", ", DataCondition.Words)} with a value.");
                    conditions.Add(new(name, condition.Name, values));
                }
            }
            else if (Set(question, name, texts).Try(out var set, out var problem)) question = set;
            else if (problem.Code != Unknown) return problem;
            else if (value.ValueKind == JsonValueKind.Array) conditions.Add(new(name, "in", texts));
            else conditions.Add(new(name, "eq", texts));
        }

        return Whole(question with { Conditions = conditions }, name => body.TryGetProperty(name, out _));
    }

    private const string Unknown = "";

    /// <summary>Groups come whole, so what is about pages of rows is refused beside them instead of being left out without a word.</summary>
    private static Result<DataQuestion> Whole(DataQuestion question, Func<string, bool> said) =>
        question.Grouped && s_ofRows.FirstOrDefault(said) is { } name
            ? new Problem(ProblemKind.Incorrect, "data.grouped", "Groups come whole: group and measures go without limit, after and fields.", new(Path: name))
            : question;

    private static readonly string[] s_ofRows = ["limit", "after", "fields"];

    /// <summary>Sets what a name of the syntax says; a problem without a code when it is none.</summary>
    public static Result<DataQuestion> Set(DataQuestion question, string name, IReadOnlyList<string> values)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(values);
        switch (name)
        {
            case "organisation": return question with { Organisations = Names() };
            case "fields": return question with { Fields = Names() };
            case "sort": return question with { Sort = Names() };
            case "group": return question with { Group = Names() };
            case "measures": return question with { Measures = Names() };
            case "purpose" or "from" or "to" or "after" or "since" or "limit": break;
            default: return new Problem(ProblemKind.Incorrect, Unknown, "");
        }

        if (values.Count != 1) return new Problem(ProblemKind.Incorrect, "data.repeated", $"{name} is said once.", new(Path: name));
        return name switch
        {
            "purpose" => question with { Purpose = values[0] },
            "from" => question with { From = values[0] },
            "to" => question with { To = values[0] },
            "after" => question with { After = values[0] },
            "since" => question with { Since = values[0] },
            _ => int.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= DataQuestion.LongestPage
                ? question with { Limit = limit }
                : new Problem(ProblemKind.Incorrect, "data.limit", $"limit is a whole number from 1 to {DataQuestion.LongestPage}. For more, follow the cursor in next, or ask for an export.", new(Path: name)),
        };

        List<string> Names() => [.. values.SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
    }

    private static Problem Misread(string path, Sentence message) => new(ProblemKind.Incorrect, "data.body", message, new(Path: path));

    private static List<string>? Texts(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array) return Scalar(json) is { } one ? [one] : null;
        var all = json.EnumerateArray().Select(Scalar).OfType<string>().ToList();
        return all.Count == json.GetArrayLength() ? all : null;
    }

    private static string? Scalar(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };
}
