using System.Globalization;
using Yunnao.Standards.Quality;
using Yunnao.Standards.Search;

namespace Yunnao.Standards.Compare;

/// <summary>Compares two versions of a measure of quality. Whether it asks for more or less cannot be told from its text.</summary>
internal static class MeasureDiff
{
    public static void Compare(QualityMeasure before, QualityMeasure after, List<Change> changes)
    {
        void Changed(string field, string then, string now)
        {
            if (then != now) changes.Add(new(ChangeClass.Narrow, EntryKind.Measure, after.Id, after.Id, field, then, now));
        }

        Changed("dataset", string.Join(' ', before.DataSets), string.Join(' ', after.DataSets));
        Changed("where", before.Where ?? "", after.Where ?? "");
        Changed("expression", before.GoodText(), after.GoodText());
        Changed("weight", Weight(before), Weight(after));
        RegistryDiff.Texts(before.Name, after.Name, "name", EntryKind.Measure, after.Id, after.Id, changes);
        RegistryDiff.Text(before.Source, after.Source, "source", EntryKind.Measure, after.Id, after.Id, changes);
    }

    private static string Weight(QualityMeasure measure) => $"{measure.Counts.Dimension} {measure.Counts.Weight.ToString(CultureInfo.InvariantCulture)}";
}
