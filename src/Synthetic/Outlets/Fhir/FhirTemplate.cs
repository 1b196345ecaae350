using System.Text;
using System.Text.RegularExpressions;
using Yunnao.Standards;
using Yunnao.Synthetic.Outlets.Csv;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Outlets.Fhir;

/// <summary>One rule of a FHIR mapping, turned round: a resource in which each item stands at its path.</summary>
internal sealed partial class FhirTemplate
{
    private static readonly Dictionary<string, string> References = new()
    {
        ["subject"] = "Patient/", ["patient"] = "Patient/", ["beneficiary"] = "Patient/", ["encounter"] = "Encounter/", ["context"] = "Encounter/",
        ["basedOn"] = "ServiceRequest/", ["request"] = "MedicationRequest/", ["location"] = "Location/", ["specimen"] = "Specimen/", ["device"] = "Device/",
    };

    private readonly FhirNode?[] _leaves;
    private readonly HashSet<FhirNode> _shared = [];
    private readonly HashSet<int> _sent = [];

    public FhirTemplate(MappingRule rule, RowShape shape, SourceMapping mapping, Registry registry)
    {
        Type = rule.Match[0];
        Shape = shape;
        _leaves = new FhirNode?[shape.Items.Length];
        foreach (var (path, value) in Constants.Of(rule.Where)) Leaf(path).Constant = Encoding.UTF8.GetBytes(value);
        var order = Enumerable.Range(0, shape.Items.Length).OrderBy(s => shape.Items[s].Element.Type == ElementType.N ? 0 : 1);
        foreach (var slot in order)
        {
            var item = shape.Items[slot];
            var path = rule.Items.TryGetValue(item.Name, out var source) ? source.From : item.Paths.GetValueOrDefault("fhir");
            if (path is not null || source?.Value is not null) _sent.Add(slot);
            if (path is null) continue;
            var leaf = Leaf(path.Split(" | ")[0].Trim());
            if (leaf.IsValue || leaf.Children.Count > 0)
            {
                _shared.Add(leaf);
                continue;
            }

            (leaf.Slot, leaf.Form) = (slot, CsvColumn.FormOf(item, source, mapping, registry));
            if (leaf.Name == "reference") leaf.Prefix = Prefix(path, item);
            _leaves[slot] = leaf;
        }

        HasId = Root.Children.Any(c => c.Name == "id");
    }

    public string Type { get; }

    public RowShape Shape { get; }

    public FhirNode Root { get; } = new("");

    /// <summary>True when an item is the resource's id; else the record key makes one.</summary>
    public bool HasId { get; }

    /// <summary>True when the item has a path, or the mapping gives its value.</summary>
    public bool Sends(int slot) => _sent.Contains(slot);

    /// <summary>True when the item is written for this row: it has a place of its own, and no other value of a choice is taken instead.</summary>
    public bool Writes(Row row, int slot)
    {
        if (_leaves[slot] is not { } leaf || _shared.Contains(leaf)) return false;
        for (var other = 0; other < _leaves.Length; other++)
        {
            // valueQuantity and valueString exclude each other: the first in the resource that has a value is written.
            if (other != slot && _leaves[other] is { } rival && !row.IsNull(other) && Rivals(leaf, rival)) return false;
        }

        return true;
    }

    public bool ReadsBack(int slot, string cell) => _leaves[slot]?.Form.ReadsBack(cell) ?? true;

    private bool Rivals(FhirNode leaf, FhirNode rival) =>
        TopOf(leaf) is { Choice: { } choice } mine && TopOf(rival) is { } theirs && theirs != mine && theirs.Choice == choice;

    private FhirNode? TopOf(FhirNode leaf) => Root.Children.Find(c => Holds(c, leaf));

    private static bool Holds(FhirNode node, FhirNode leaf) => node == leaf || node.Children.Exists(c => Holds(c, leaf));

    /// <summary>The node at a path; indexes and filters make arrays, a filter also the value that it asks for.</summary>
    private FhirNode Leaf(string path)
    {
        var node = Root;
        foreach (var step in Steps(path))
        {
            var match = Step().Match(step);
            if (!match.Success) throw new InvalidDataException($"The synthetic city cannot write to the FHIR path '{path}'.");
            node = node.Child(match.Groups["name"].Value);
            if (match.Groups["index"].Success)
            {
                node.IsArray = true;
                node = node.Child("", match.Groups["index"].Value);
            }
            else if (match.Groups["key"].Success)
            {
                node.IsArray = true;
                node = node.Child("", match.Groups["value"].Value);
                node.Child(match.Groups["key"].Value).Constant = Encoding.UTF8.GetBytes(match.Groups["value"].Value);
            }
        }

        return node;
    }

    private static string Prefix(string path, Item item)
    {
        if (item.Roles.HasFlag(Roles.Subject)) return "Patient/";
        if (item.Roles.HasFlag(Roles.Encounter)) return "Encounter/";
        var steps = Steps(path.Split(" | ")[0].Trim());
        return References.GetValueOrDefault(Step().Match(steps[^2]).Groups["name"].Value, "Practitioner/");
    }

    private static List<string> Steps(string path)
    {
        var steps = new List<string>();
        var (depth, start) = (0, 0);
        for (var i = 0; i <= path.Length; i++)
        {
            if (i < path.Length && path[i] == '[') depth++;
            else if (i < path.Length && path[i] == ']') depth--;
            else if (i == path.Length || (path[i] == '.' && depth == 0))
            {
                steps.Add(path[start..i]);
                start = i + 1;
            }
        }

        return steps;
    }

    [GeneratedRegex(@"^(?<name>\w+)(\[((?<index>\d+)|(?<key>\w+)=(?<value>[^\]]+))\])?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Step();
}
