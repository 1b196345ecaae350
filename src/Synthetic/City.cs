using Yunnao.Kernel;
using Yunnao.Standards;
using Yunnao.Synthetic.Care;
using Yunnao.Synthetic.Catalogue;
using Yunnao.Synthetic.Faults;
using Yunnao.Synthetic.Illness;
using Yunnao.Synthetic.Institutions;
using Yunnao.Synthetic.Outlets;
using Yunnao.Synthetic.Outlets.Csv;
using Yunnao.Synthetic.Outlets.Fhir;
using Yunnao.Synthetic.Outlets.Hl7v2;
using Yunnao.Synthetic.People;
using Yunnao.Synthetic.Rows;
using Yunnao.Synthetic.Truth;

namespace Yunnao.Synthetic;

/// <summary>
/// The synthetic city: writes what the information systems of a city would send in a period, with the truth beside it. Everything follows
/// from the seed; residents are made one household at a time, so memory does not grow with the city.
/// </summary>
public sealed class City
{
    private readonly Registry _registry;
    private readonly CityOptions _options;
    private readonly List<(Desk Desk, IOutlet Outlet, string Folder, string Source)> _outlets = [];

    private City(Registry registry, CityOptions options) => (_registry, _options) = (registry, options);

    internal Action<Row>? Watch { get; private init; }

    /// <summary>Makes the city in <see cref="CityOptions.Folder"/>.</summary>
    /// <returns>What was made, or a problem: <c>city.options</c>, <c>city.registry</c> (the registry lacks what the city needs), <c>city.folder</c>, <c>city.cancelled</c>.</returns>
    public static Result<CityReport> Make(Registry registry, CityOptions options, Action<CityProgress>? progress = null, CancellationToken cancel = default) =>
        Make(registry, options, null, progress, cancel);

    /// <param name="watch">Sees every row before it is spoiled or written; for tests.</param>
    internal static Result<CityReport> Make(
        Registry registry, CityOptions options, Action<Row>? watch, Action<CityProgress>? progress = null, CancellationToken cancel = default)
    {
        if (Check(options) is { } wrong) return wrong;
        try
        {
            return new City(registry, options) { Watch = watch }.Run(progress, cancel);
        }
        catch (InvalidDataException missing)
        {
            return new Problem(ProblemKind.Incorrect, "city.registry", missing.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Unavailable, "city.folder", failure.Message, new(options.Folder));
        }
        catch (OperationCanceledException)
        {
            return new Problem(ProblemKind.Interrupted, "city.cancelled", "Stopped before the city was complete; its folder holds a part of it.", new(options.Folder));
        }
    }

    private static Problem? Check(CityOptions o)
    {
        Problem Wrong(Sentence message) => new(ProblemKind.Incorrect, "city.options", message);
        if (o.Residents is < 1 or > 4_000_000) return Wrong("A city has 1 to 4,000,000 residents.");
        if (o.Months is < 1 or > 120) return Wrong("The period is 1 to 120 months.");
        if (o.Start.Day != 1 || o.Start.Year is < 1990 or > 2080) return Wrong("The period begins on the first day of a month from 1990 on.");
        return o.Dirty is < 0 or > 0.5 || o.Corrections is < 0 or > 0.5 ? Wrong("The shares of dirty and corrected records are 0 to 0.5.") : null;
    }

    private CityReport Run(Action<CityProgress>? progress, CancellationToken cancel)
    {
        var (start, end) = (_options.Start, _options.Start.AddMonths(_options.Months));
        var book = new Book(_registry, _options.Tables);
        var model = new DiseaseModel(_options.Tables, book, start, end);
        var population = new Population(_options.Tables, _options.Seed, start, end);
        Directory.CreateDirectory(_options.Folder);
        using var truth = new TruthFiles(Path.Combine(_options.Folder, "truth"));
        var outbreaks = OutbreakPlan.Make(_options.Seed, _options.Residents, population.Addresses, model);
        var town = new Town(book, model, truth, outbreaks, start.ToDateTime(TimeOnly.MinValue), end.ToDateTime(TimeOnly.MinValue));
        var desks = Desks(book, truth);
        long people = 0, births = 0, deaths = 0;
        try
        {
            foreach (var desk in desks) OrganisationRecords.Write(town, desk);
            var life = new Life(town, new Rooms(town), new Choices(town, new RegistrationDesk(_options.Tables, _options.Seed), desks, _options.Seed), _options.Seed);
            foreach (var home in population.Households(_options.Residents))
            {
                cancel.ThrowIfCancellationRequested();
                life.Live(home);
                people += home.Members.Count;
                births += home.Members.Count(m => m.BornAt is not null);
                deaths += home.Members.Count(m => m.Died is not null);
                if (home.Number % 256 == 0) progress?.Invoke(new(people - births, _options.Residents, Bytes()));
            }
        }
        finally
        {
            foreach (var desk in desks) desk.Dispose();
        }

        foreach (var o in outbreaks) truth.Outbreak(o.Id, o.Disease.Notifiable ?? o.Disease.Id, o.Division, o.DivisionName, o.Start, o.End, o.Cases);
        progress?.Invoke(new(_options.Residents, _options.Residents, Bytes()));
        return new(people, births, deaths, Bytes(), Rows(desks), [.. _outlets.Select(Folder)], truth.Errors);
    }

    private long Bytes() => _outlets.Sum(o => o.Outlet.Count.Bytes);

    private static FolderReport Folder((Desk Desk, IOutlet Outlet, string Folder, string Source) o) =>
        new(o.Folder, o.Source, o.Desk.Institution.Name, o.Outlet.Count.Rows, o.Outlet.Count.Bytes);

    private static SortedDictionary<string, long> Rows(IEnumerable<Desk> desks)
    {
        var rows = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (dataSet, count) in desks.SelectMany(d => d.Counts))
        {
            if (count > 0) rows[dataSet] = rows.GetValueOrDefault(dataSet) + count;
        }

        return rows;
    }

    private List<Desk> Desks(Book book, TruthFiles truth)
    {
        var kinds = _registry.DataSets.Values.ToDictionary(d => d.Id, d =>
        {
            var shape = new RowShape(d);
            return new RowKind(shape, new FaultMaker(shape, _registry.ValueSets));
        });
        var options = new DeskOptions(_options.Seed, _options.Dirty, _options.Corrections);
        var desks = new List<Desk>();
        using var sources = new AppendFile(Path.Combine(_options.Folder, "sources.csv"));
        sources.Write("folder,source\n"u8);
        foreach (var institution in new InstitutionMaker(_options.Tables, book, _options.Seed).Make(_options.Residents))
        {
            var outlets = new List<(IOutlet Outlet, string Folder, string Source)>();
            foreach (var source in institution.Sources)
            {
                var folder = $"{institution.Code}-{institution.Folder}" + (outlets.Count == 0 ? "" : "-csv");
                sources.Write($"{folder},{source}\n");
                outlets.Add((Outlet(folder, source, truth), folder, source));
            }

            var desk = new Desk(institution, [.. outlets.Select(o => o.Outlet)], kinds, options) { Watch = Watch };
            foreach (var (outlet, folder, source) in outlets) _outlets.Add((desk, outlet, folder, source));
            desks.Add(desk);
        }

        return desks;
    }

    private IOutlet Outlet(string folder, string source, TruthFiles truth)
    {
        if (!_registry.Mappings.TryGetValue(source, out var mapping)) throw new InvalidDataException($"The synthetic city needs the mapping '{source}', which the registry does not have.");
        var path = Path.Combine(_options.Folder, folder);
        Directory.CreateDirectory(path);
        return mapping.Format switch
        {
            "hl7v2" => new Hl7v2Outlet(path, folder, mapping, _registry, truth),
            "fhir" => new FhirOutlet(path, folder, mapping, _registry, truth),
            _ => new CsvOutlet(path, folder, mapping, _registry, truth),
        };
    }
}
